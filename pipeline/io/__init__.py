"""Reading and writing of images and label images; the one part of the pipeline that touches disk."""

from pipeline.io.describe import Ambiguity, ImageDescription, describe_image, preview_image
from pipeline.io.errors import UnnamedAcquisition, UnnamedChannel
from pipeline.io.export import write_label_stack, write_labels_npz, write_labels_tif
from pipeline.io.find import FoundImages, find_images, scan_images
from pipeline.io.lazy_image import ChannelInfo, PixelReader
from pipeline.io.limits import ReadLimits
from pipeline.io.npz import NpzArrays, read_npz, write_npz
from pipeline.io.open import open_image
from pipeline.io.preview import overlay_png, preview_png
from pipeline.io.source import ImageSource

__all__ = [
    "Ambiguity",
    "ChannelInfo",
    "FoundImages",
    "ImageDescription",
    "ImageSource",
    "NpzArrays",
    "PixelReader",
    "ReadLimits",
    "UnnamedAcquisition",
    "UnnamedChannel",
    "describe_image",
    "find_images",
    "open_image",
    "overlay_png",
    "preview_image",
    "preview_png",
    "read_npz",
    "scan_images",
    "write_label_stack",
    "write_labels_npz",
    "write_labels_tif",
    "write_npz",
]
