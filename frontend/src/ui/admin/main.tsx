import { mountPage } from "../mount";
import { AdminPage } from "./AdminPage";

mountPage(<AdminPage />);
