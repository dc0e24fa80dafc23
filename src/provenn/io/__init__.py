"""Readers and writers of other people's formats: ONNX networks and VNN-LIB properties."""
