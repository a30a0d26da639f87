#include "model/node_places.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/net/range.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace krgboot::model {

const char* to_string(NodeField field) noexcept {
  switch (field) {
    case NodeField::name:
      return "name";
    case NodeField::address:
      return "address";
    case NodeField::mac:
      return "mac";
    case NodeField::uuid:
      return "uuid";
    case NodeField::node_id:
      return "node_id";
  }
  return "";
}

const TextList& list_of(const NodeSpec& entry, NodeField field) {
  switch (field) {
    case NodeField::name:
      return entry.name;
    case NodeField::address:
      return entry.address;
    case NodeField::mac:
      return entry.mac;
    case NodeField::uuid:
      return entry.uuid;
    case NodeField::node_id:
      return entry.node_id;
  }
  throw InternalError("a field of a node is of no known kind");
}

std::vector<std::string> NodePlaces::expand(std::size_t entry, NodeField field, Position& failed_at) {
  const auto& list = list_of((*entries_)[entry], field);
  auto base =
      field == NodeField::mac || field == NodeField::uuid ? RangeBase::hexadecimal : RangeBase::decimal;
  std::vector<std::string> members;
  std::vector<std::uint32_t> ends;
  bool has_range = false;
  for (const auto& item : *list) {
    if (!is_range(item.value)) {
      members.push_back(item.value);
    } else {
      has_range = true;
      failed_at = item.at;
      auto expanded = expand_range(item.value, base);
      if (members.empty()) {
        members = std::move(expanded);
      } else {
        std::move(expanded.begin(), expanded.end(), std::back_inserter(members));
      }
    }
    ends.push_back(static_cast<std::uint32_t>(members.size()));
  }
  if (has_range && ends.size() > 1) ends_.emplace(&list, std::move(ends));
  return members;
}

std::size_t NodePlaces::item_of(const TextList& list, std::size_t member) const {
  auto found = ends_.find(&list);
  if (found == ends_.end()) return list->size() == 1 ? 0 : std::min(member, list->size() - 1);
  auto item = std::upper_bound(found->second.begin(), found->second.end(), member);
  return static_cast<std::size_t>(item - found->second.begin());
}

Position NodePlaces::at(std::size_t entry, std::size_t member, NodeField field) const {
  const auto& list = list_of((*entries_)[entry], field);
  if (!list || list->empty()) return list.at ? list.at : (*entries_)[entry].at;
  return (*list)[item_of(list, member)].at;
}

std::string NodePlaces::key(std::size_t entry, std::size_t member, NodeField field) const {
  const auto& list = list_of((*entries_)[entry], field);
  auto key = fmt::format("nodes[{}].{}", entry, to_string(field));
  return list && list->size() > 1 ? fmt::format("{}[{}]", key, item_of(list, member)) : key;
}

}  // namespace krgboot::model
