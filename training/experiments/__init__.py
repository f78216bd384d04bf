"""The experiments of Greenwald, Miller et al. 2022, one module each, at whatever size the data has."""
