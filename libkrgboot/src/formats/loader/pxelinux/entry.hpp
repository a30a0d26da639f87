#pragma once

#include "krgboot/model/server_view.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace krgboot::pxelinux {

/// A LABEL as it is written, in the two parts between which a node's own words stand.
struct RenderedEntry {
  std::string head;
  std::string tail;
  std::size_t loaded_length = 0;  ///< of the line that the kernel gets, without the node's words
};

/// `node` is nullptr for what all nodes share. Throws ArgumentError where a value cannot be carried.
RenderedEntry render_entry(const ServerView& view, const BootEntry& entry, const Node* node);

/// Does each node's command line differ within the part that nodes of other entries share? Its Kerrighed
/// node_id stands before the words of `append`.
bool has_parameters_of_each_node(const BootEntry& entry) noexcept;

/// The words of a node's `append`, each with a blank before it.
std::string node_words(const Node& node);

}  // namespace krgboot::pxelinux
