"""What leaves StackPick as a file. Nothing here imports Django."""
