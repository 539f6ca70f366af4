"""What files are accepted: by name, by what the bytes say, and by a parser that agrees (OWASP ASVS 5.0, 5.2).

Files are looked at in a process of their own with little memory and little time (15.2.5); what was found is kept. A
file that could not be looked at is neither good nor bad.
"""
