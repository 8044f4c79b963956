"""What the layer brings."""

KIND = "order"
