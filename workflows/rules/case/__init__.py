"""The rules of a case: from the application to the decision, and its recomputation. It knows of no label's life."""
