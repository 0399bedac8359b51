"""What the program needs of the computer it runs on, examined one by one."""
