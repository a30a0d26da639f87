# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unit tests of how a new tree is published."""

from __future__ import annotations

import krgboot
import pytest
from ansible_collections.krgboot.cluster.plugins.module_utils._staged import BusyError, Staged, copy_private, exchange


@pytest.fixture(name="staged")
def _staged(tmp_path):
    for name in ("image", "new"):
        (tmp_path / name / "etc").mkdir(parents=True)
        (tmp_path / name / "usr").mkdir()
        (tmp_path / name / "etc" / "name").write_text(name)
    krgboot.Image(tmp_path / "new").archive(tmp_path / "new.tar")
    return Staged(krgboot, "/image/", str(tmp_path))


def bring(staged, tmp_path):
    """Do what image_stage does, with a rename in place of rsync."""
    staged.make_holder()
    staged.prepare(tmp_path / "new.tar.manifest")
    staged.tree.rename(tmp_path / "copy")
    (tmp_path / "new").rename(staged.tree)


def test_it_begins_with_a_copy_of_the_image(staged, tmp_path):
    staged.make_holder()
    assert staged.prepare(tmp_path / "new.tar.manifest") == ([], None)
    assert not staged.differences(staged.tree, staged.image)
    assert staged.holder.stat().st_mode & 0o777 == 0o700
    assert staged.manifest.stat().st_mode & 0o777 == 0o600


def test_it_is_published(staged, tmp_path):
    bring(staged, tmp_path)
    assert staged.find_new() == staged.tree
    staged.exchange(staged.tree)
    assert (tmp_path / "image" / "etc" / "name").read_text() == "new"
    assert staged.find_new() is None  # an interrupted run goes on here
    assert staged.finish(keep_old=True) == tmp_path / "image.old"
    assert (tmp_path / "image.old" / "etc" / "name").read_text() == "image"
    assert not staged.holder.exists()
    assert staged.record.is_file()


def test_one_that_was_checked_but_not_exchanged_is_new(staged, tmp_path):
    bring(staged, tmp_path)
    staged.tree.rename(staged.checked)
    assert staged.find_new() == staged.checked


def test_what_is_not_needed_goes(staged, tmp_path):
    bring(staged, tmp_path)
    staged.drop(tmp_path / "new.tar.manifest", is_same=False)
    assert staged.find_new() is None


@pytest.mark.parametrize("path", ["/", "", "image", "./image", "/image/.."])
def test_paths_that_are_no_image(tmp_path, path):
    with pytest.raises(krgboot.ArgumentError, match="is no absolute path of an image"):
        Staged(krgboot, path, str(tmp_path))


def test_two_at_the_same_time(staged):
    staged.make_holder()
    with staged.locked(), pytest.raises(BusyError), staged.locked():
        pass


def test_a_link_in_place_of_the_directory_is_not_followed(staged, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    staged.holder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
        staged.make_holder()


def test_an_exchange_that_fails(tmp_path):
    with pytest.raises(FileNotFoundError):
        exchange(tmp_path / "one", tmp_path / "other")


def test_a_private_copy(tmp_path):
    (tmp_path / "from").write_text("text")
    for _again in range(2):
        copy_private(tmp_path / "from", tmp_path / "to")
    assert (tmp_path / "to").read_text() == "text"
    assert (tmp_path / "to").stat().st_mode & 0o777 == 0o600
