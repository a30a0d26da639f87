#pragma once

#include "krgboot/model/spec.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace krgboot::model {

using TextList = ListField<std::string>;

/// The keys of a `nodes:` entry that hold one value per machine.
enum class NodeField { name, address, mac, uuid, node_id };
const char* to_string(NodeField field) noexcept;
const TextList& list_of(const NodeSpec& entry, NodeField field);

/// Expands the ranges in `nodes:` and keeps the position of each machine's values in the file.
class NodePlaces {
 public:
  explicit NodePlaces(const std::vector<NodeSpec>& entries) : entries_(&entries) {}

  /// All members of all ranges in the list, in order. Throws the errors of expand_range; `failed_at` is then
  /// the position of the range.
  std::vector<std::string> expand(std::size_t entry, NodeField field, Position& failed_at);

  Position at(std::size_t entry, std::size_t member, NodeField field) const;
  /// "nodes[2].address", with the index of the element if there are several.
  std::string key(std::size_t entry, std::size_t member, NodeField field) const;

 private:
  std::size_t item_of(const TextList& list, std::size_t member) const;

  const std::vector<NodeSpec>* entries_;
  // The number of members up to the end of each element. Filled only for lists with several elements, at
  // least one of them a range.
  std::unordered_map<const TextList*, std::vector<std::uint32_t>> ends_;
};

}  // namespace krgboot::model
