"""The AWS wire protocols over HTTP, driven by the service models. It knows no service by name."""
