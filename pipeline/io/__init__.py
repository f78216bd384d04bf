"""Reading and writing of images and label images; the one part of the pipeline that touches disk."""
