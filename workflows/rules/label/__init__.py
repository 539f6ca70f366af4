"""The rules of a label's life: surveillance, votes about it, renewal, its end. Findings are judged as in a case."""
