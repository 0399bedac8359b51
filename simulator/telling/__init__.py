"""What is reported: texts in believable Chinese, places where such things happen, drawn photos."""
