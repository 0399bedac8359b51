"""Making the fictional town 清溪镇 from a seed: the same seed gives the same bytes."""
