#pragma once

#include "krgboot/tree/entry.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "system/scratch.hpp"

/// May this process set owners and trusted attributes, and make device nodes?
bool may_make_everything();

/// Makes a tree with everything an image can contain, below `path` ("/tree") of `scratch`. Needs root.
void make_everything(const Scratch& scratch, const std::string& path);

/// All entries, except those that are left out of images.
std::vector<krgboot::TreeEntry> entries_of(const std::string& host_path);

/// Sets the time of last change; does not follow a symlink.
void set_time(const std::string& path, std::int64_t seconds, long nanoseconds = 0);

/// The code of an error, and the entry that it names.
using Refusal = std::pair<std::string, std::string>;

/// Names in a directory of `scratch`, sorted, to check for leftovers.
std::vector<std::string> names_in(const Scratch& scratch, const std::string& path);
