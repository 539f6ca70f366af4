"""A mirror of everything public: a folder of files that proves labels, standing and history with no server of ours.

folder       what lies where, and how it is read
history      what the log says, entry after entry, and whether it can be so
labels       one label against its proof, its papers and the status list
verification the whole folder; its docstring is the numbered procedure
comparison   two mirrors: one log is the beginning of the other, or the body showed two
report       what was proved, what is false, what could not be checked
"""
