#pragma once

#include "krgboot/model/spec.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace krgboot::model {

using TextList = ListField<std::string>;

/// The keys of a `nodes:` entry that hold one value for each of its machines.
enum class NodeField { name, address, mac, uuid, node_id };
const char* to_string(NodeField field) noexcept;
const TextList& list_of(const NodeSpec& entry, NodeField field);

/// Expands the ranges in `nodes:` and still knows of each machine where in the file its values stand.
class NodePlaces {
 public:
  explicit NodePlaces(const std::vector<NodeSpec>& entries) : entries_(&entries) {}

  /// All members of all ranges in the list, in order. Throws what expand_range throws; `failed_at` is then
  /// the place of the range.
  std::vector<std::string> expand(std::size_t entry, NodeField field, Position& failed_at);

  Position at(std::size_t entry, std::size_t member, NodeField field) const;
  /// "nodes[2].address", with the index of the element where there are several.
  std::string key(std::size_t entry, std::size_t member, NodeField field) const;

 private:
  std::size_t item_of(const TextList& list, std::size_t member) const;

  const std::vector<NodeSpec>* entries_;
  // Only for lists with several elements of which some are ranges: how many members there are up to the end
  // of each element.
  std::unordered_map<const TextList*, std::vector<std::uint32_t>> ends_;
};

}  // namespace krgboot::model
