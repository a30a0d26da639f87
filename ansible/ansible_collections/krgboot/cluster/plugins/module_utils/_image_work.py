# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: how the module image makes, configures and removes an image."""

from collections import deque

from ansible_collections.krgboot.cluster.plugins.module_utils._krgboot import (
    changes_as_data,
    diff_of,
    diff_of_report,
    shown,
)

LOG_LINES = 100  # of the programs that krgboot runs, in the result


class ImageWork:
    """Makes, configures or removes one image, and collects the result."""

    def __init__(self, module, krgboot):
        self.module = module
        self.params = module.params
        self.krgboot = krgboot
        self.log = deque(maxlen=LOG_LINES)
        self.result = dict(changed=False, created=False, changes=[], steps=[], diff=[])
        self.warnings = []

    def keep_line(self, line):
        """Keep a line of a program for the result."""
        self.log.append(shown(line.rstrip("\n")))

    def keep_progress(self, progress):
        """Keep the last line of a program that makes the image."""
        if not self.log or self.log[-1] != shown(progress.line):
            self.keep_line(progress.line)

    def make(self, path, making):
        """Make the image with the function, or only say so in check mode."""
        self.result.update(changed=True, created=True)
        self.result["diff"].append(dict(before="", after=path + "\n", before_header=path, after_header=path))
        if not self.module.check_mode:
            self.warnings += making().warnings

    def describe(self, changes, steps):
        """Add the changes in an existing image to the result."""
        self.result["changed"] |= bool(steps) or any(change.writes for change in changes)
        self.result["changes"] = changes_as_data(changes)
        self.result["steps"] = [dict(name=step.name, why=shown(step.why)) for step in steps]
        self.result["diff"] += diff_of(changes) + diff_of(steps)

    def of_spec(self, cluster):
        """Make and configure the image as the spec says."""
        name, root, image = self.params["name"], self.params["root"], self.krgboot.image
        entry = cluster.image(name)
        options = dict(root=root, timeout=self.params["timeout"])
        exists = self.krgboot.Image.exists(entry.path, root)
        if not exists:
            self.make(entry.path, lambda: image.bootstrap_image(entry, progress=self.keep_progress, **options))
        if not self.params["configure"] or (self.module.check_mode and not exists):
            return
        if self.module.check_mode:
            planned = image.plan_image(cluster, name, root=root, adopt=self.params["adopt"])
            self.warnings += planned.findings
        else:
            planned = image.configure_image(
                cluster,
                name,
                adopt=self.params["adopt"],
                lock_timeout=self.params["lock_timeout"],
                on_line=self.keep_line,
                **options,
            )
            self.warnings += planned.warnings
        self.describe(planned.changes, planned.steps)

    def of_path(self, path):
        """Make the image from packages, an archive or a directory."""
        root, image = self.params["root"], self.krgboot.image
        source = self.params["archive"] or self.params["clone"]
        exists = self.krgboot.Image.exists(path, root)
        if exists and not (source and self.params["replace"]):
            return
        if exists:
            report = image.diff_images(self.krgboot.Image(path, root), source)
            if not report:
                return
            self.result["diff"].append(diff_of_report(report))
        self.make(path, lambda: self.made_from(source, path))

    def made_from(self, source, path):
        """Make the image and return the report."""
        params, image = self.params, self.krgboot.image
        options = dict(root=params["root"], progress=None)
        if params["archive"]:
            return image.restore_image(source, path, replace=params["replace"], **options)
        if params["clone"]:
            return image.clone_image(self.krgboot.Image(source), path, replace=params["replace"], **options)
        options["progress"] = self.keep_progress
        names = ("packages", "components", "mirror", "architecture", "trust_unsigned", "timeout")
        release = self.krgboot.cluster.ReleaseName[params["release"]]
        return image.bootstrap_image(path, release, **options, **{name: params[name] for name in names})

    def remove(self, path):
        """Remove the image."""
        root = self.params["root"]
        if self.krgboot.Image.exists(path, root):
            self.result["changed"] = True
            self.result["diff"].append(dict(before=path + "\n", after="", before_header=path, after_header=path))
            if not self.module.check_mode:
                self.krgboot.image.remove_image(path, root=root, lock_timeout=self.params["lock_timeout"])
