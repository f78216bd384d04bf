import { mountPage } from "../mount";
import { HomePage } from "./HomePage";

mountPage(<HomePage />);
