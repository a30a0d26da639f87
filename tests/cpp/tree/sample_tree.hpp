#pragma once

#include "krgboot/tree/entry.hpp"

#include <string>
#include <vector>

#include "system/scratch.hpp"

/// May this process make owners, device nodes and trusted attributes?
bool may_make_everything();

/// A tree with everything an image can have, below `path` ("/tree") of `scratch`. Needs root.
void make_everything(const Scratch& scratch, const std::string& path);

/// All entries, without what is left out of images.
std::vector<krgboot::TreeEntry> entries_of(const std::string& host_path);

/// Sets an extended attribute; the test fails where that is refused.
void set_attribute(const std::string& host_path, const std::string& name, const std::string& value);

/// Names in a directory of `scratch`, sorted: to see that nothing else lies there.
std::vector<std::string> names_in(const Scratch& scratch, const std::string& path);
