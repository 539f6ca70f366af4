"""The key set as it lies in its file, for whoever asks it at every scan: read anew as soon as the file is another."""

from pathlib import Path

from labels.key_set import KeySet, content_of


class PublicKeys:
    """The keys of one file; they are taken apart again only when its content changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._content, self._known = b"", KeySet(())

    def __call__(self) -> KeySet:
        """Return the keys as they are published at this moment.

        Raises:
            CouldNotCheck: `keys_unreadable`, as long as they are.
        """
        content = content_of(self._path)
        if not content or content != self._content:
            self._known, self._content = KeySet.from_json(content), content
        return self._known
