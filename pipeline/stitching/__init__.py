"""Parts of `pipeline.stitch`: survey of the crops, clusters of versions, painting, report."""
