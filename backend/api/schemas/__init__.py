"""What goes over the wire, validated once at the edge. `XIn` is a request, `XOut` a response."""
