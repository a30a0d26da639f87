#pragma once

#include "krgboot/tree/entry.hpp"

#include <string>
#include <vector>

#include "system/scratch.hpp"

/// May this process set owners and trusted attributes, and make device nodes?
bool may_make_everything();

/// Makes a tree with everything an image can contain, below `path` ("/tree") of `scratch`. Needs root.
void make_everything(const Scratch& scratch, const std::string& path);

/// All entries, except those that are left out of images.
std::vector<krgboot::TreeEntry> entries_of(const std::string& host_path);

/// Sets an extended attribute; the test fails if that is not possible.
void set_attribute(const std::string& host_path, const std::string& name, const std::string& value);

/// Names in a directory of `scratch`, sorted, to check for leftovers.
std::vector<std::string> names_in(const Scratch& scratch, const std::string& path);
