import { mountPage } from "../mount";
import { ReviewPage } from "./ReviewPage";

mountPage(<ReviewPage />);
