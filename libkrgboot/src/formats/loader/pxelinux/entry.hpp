#pragma once

#include "krgboot/model/server_view.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace krgboot::pxelinux {

/// A rendered LABEL in two parts; a node's own words are inserted between them.
struct RenderedEntry {
  std::string head;
  std::string tail;
  std::size_t loaded_length = 0;  ///< of the line that the kernel gets, without the node's words
};

/// `node` is nullptr for an entry that all nodes share. Throws ArgumentError if a value cannot be written.
RenderedEntry render_entry(const ServerView& view, const BootEntry& entry, const Node* node);

/// Does each node need a different command line, apart from its own `append`? With Kerrighed's node_id it
/// does, and the node_id stands before the words of `append`.
bool has_parameters_of_each_node(const BootEntry& entry) noexcept;

/// The words of a node's `append`, each preceded by a blank.
std::string node_words(const Node& node);

}  // namespace krgboot::pxelinux
