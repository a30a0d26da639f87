# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the directory in which the new tree of an image is prepared, and how it is published."""

import contextlib
import ctypes
import fcntl
import filecmp
import os
import shutil
from pathlib import Path, PurePosixPath

EXCHANGE = 2  # RENAME_EXCHANGE of linux/fs.h
AT_FDCWD = -100


class BusyError(Exception):
    """Another process works on the same image."""


class Staged:
    """The new tree of an image, beside it and on the same file system, in a directory that only root can enter.

    tree: what rsync writes. checked: the same tree after it was found to be as its manifest says; once the image has
    been exchanged with it, the old tree has that name. record: the manifest of the image that was published last.
    """

    def __init__(self, krgboot, path, root):
        self.krgboot = krgboot
        name = PurePosixPath(path).name
        if not name or not path.startswith("/") or ".." in PurePosixPath(path).parts:
            message = f"{krgboot.visible(path)} is no absolute path of an image"
            raise krgboot.errors.ArgumentError(message, "image.path", path)
        self.parent = Path(krgboot.Image(str(PurePosixPath(path).parent), root).path)
        self.image = self.parent / name
        self.record = self.parent / f".{name}.manifest"
        self.old = self.parent / f"{name}.old"
        self.holder = self.parent / f".{name}.incoming"
        self.tree = self.holder / "tree"
        self.checked = self.holder / "checked"
        self.manifest = self.holder / "manifest"
        # (krgboot locks the directory itself while it makes a copy in it.)
        self.lock = self.holder / "lock"

    @contextlib.contextmanager
    def locked(self):
        """Keep others away. The kernel takes the lock back when the process ends. rsync has the same lock."""
        descriptor = os.open(self.lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BusyError(f"{self.image}: another process brings this image") from error
            yield
        finally:
            os.close(descriptor)

    def make_holder(self):
        """Make the directory, or take the one that an interrupted run has left."""
        with contextlib.suppress(FileExistsError):
            self.holder.mkdir(0o700)
        descriptor = os.open(self.holder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        os.fchmod(descriptor, 0o700)
        os.close(descriptor)

    def prepare(self, manifest):
        """Keep the manifest; begin with a copy of the image, so that rsync sends only what differs.

        The copy shares blocks where the file system can, and never an inode: somebody may write into the image that is
        there, and a hard link would carry that into the new one. Return the findings about it, and what went wrong.
        """
        if self.checked.is_dir() and not self.tree.is_dir():
            self.checked.rename(self.tree)
        copy_private(manifest, self.manifest)
        if self.image.is_dir() and not self.tree.is_dir():
            try:
                return self.krgboot.clone_image(self.krgboot.Image(self.image), self.tree).warnings, None
            except self.krgboot.Error as error:
                return [], error
        return [], None

    def compare(self, manifest, trusts_record):
        """Return krgboot's comparison of the image with the manifest, or None if it did not read the image.

        trusts_record: do not read the image if the manifest is equal to that of the last published image.
        """
        is_published = self.record.is_file() and filecmp.cmp(self.record, manifest, shallow=False)
        if not self.image.is_dir() or (is_published and trusts_record):
            return None
        return self.differences(self.image, manifest)

    def why_not_exchangeable(self):
        """Return why the image cannot be exchanged with a directory, or None."""
        for what, is_it in (("a mount point", self.image.is_mount()), ("a symlink", self.image.is_symlink())):
            if is_it:
                return f"{self.image} is {what}, which cannot be exchanged with a directory"
        return None

    def drop(self, manifest, is_same):
        """Remove a new tree that is not needed.

        is_same: the image is as the manifest says. Then an interrupted run may have exchanged the trees already, and
        what is called checked stays for the module image_publish.
        """
        for tree in (self.tree,) if is_same else (self.tree, self.checked):
            if tree.is_dir():
                shutil.rmtree(tree)
        if self.holder.is_dir():
            copy_private(manifest, self.manifest)
        if is_same:
            copy_private(manifest, self.record)

    def differences(self, tree, manifest=None):
        """Return krgboot's comparison of a tree with the manifest."""
        return self.krgboot.image.diff_images(manifest or self.manifest, tree)

    def find_new(self):
        """Return the path of the new tree, or None; an interrupted run may have exchanged the trees already."""
        if self.tree.is_dir():
            return self.tree
        if self.checked.is_dir() and (not self.image.is_dir() or self.differences(self.image)):
            return self.checked
        return None

    def exchange(self, new):
        """Give the image's name to the new tree, in one step; the old one gets the name checked."""
        if new != self.checked:
            new.rename(self.checked)
        sync_file_system(self.holder)
        if self.image.is_dir():
            exchange(self.checked, self.image)
        else:
            self.checked.rename(self.image)
        sync(self.parent)

    def finish(self, keep_old):
        """Put the old tree away, and keep the manifest. Return the path of the old tree, or None."""
        kept = None
        if self.checked.is_dir():
            if not any(self.checked.iterdir()):
                self.checked.rmdir()
            elif keep_old:
                self.krgboot.remove_image(self.old)
                self.checked.rename(self.old)
                kept = self.old
            else:
                self.krgboot.remove_image(self.checked)
        if self.manifest.exists():
            self.manifest.replace(self.record)
        sync(self.parent)
        shutil.rmtree(self.holder)
        return kept


def written_paths(krgboot, path, root):
    """Return the paths of the image that the server exports for writing."""
    view = krgboot.exports.view_exports(krgboot.exports.read_exports_tables(root), root)
    written = {entry.path for entry in view if "rw" in entry.effective.split(",")}
    return sorted(each for each in written if each == path or each.startswith(path + "/"))


def copy_private(source, target):
    """Copy a file so that only its owner can read the copy, which appears when it is complete; once."""
    if target.is_file() and filecmp.cmp(source, target, shallow=False):
        return
    new = target.with_name(target.name + ".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with open(source, "rb") as reader, open(descriptor, "wb") as writer:
        shutil.copyfileobj(reader, writer)
    new.replace(target)


def exchange(one, other):
    """Exchange the names of two directories, in one step."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), EXCHANGE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(other))


def sync(directory):
    """Make the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file_system(directory):
    """Make everything in the file system of a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(directory))
    finally:
        os.close(descriptor)
