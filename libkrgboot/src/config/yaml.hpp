#pragma once

#include "krgboot/base/diagnostic.hpp"

#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>

/// A YAML document as a compact tree: 24 bytes per element, and texts refer to the source if possible.
/// (yaml-cpp's own tree takes a hundred times as much memory and drops duplicate keys.)
namespace krgboot::yaml {

enum class Kind : std::uint8_t { null, scalar, sequence, mapping };

/// An element, valid as long as its Document. (YAML calls it a node, which means a machine in krgboot.)
class Element {
 public:
  Kind kind() const noexcept { return kind_; }
  /// A scalar written without quotes and not as a block: YAML converts only these by their form.
  bool is_plain() const noexcept { return plain_; }
  /// Start of the element. An empty value has the position of its key.
  Position at() const noexcept { return at_; }

  /// The text of a scalar; for a null the text as written ("~", "null" or ""); "" for anything else.
  std::string_view text() const noexcept;
  /// The elements of a sequence, or the keys and values of a mapping in turn; empty for anything else.
  std::span<const Element> children() const noexcept;

 private:
  friend class TreeBuilder;
  const void* data_ = nullptr;
  std::uint32_t size_ = 0;
  Position at_;
  Kind kind_ = Kind::null;
  bool plain_ = true;
};

/// Deeper nesting is an error; cluster.yaml itself has six levels.
inline constexpr std::size_t max_depth = 64;
/// Longer texts are an error.
inline constexpr std::size_t max_text_size = std::size_t{64} << 20U;
/// All aliases together may expand to this many elements, so that a small file cannot fill the memory.
inline constexpr std::size_t max_aliased_elements = 1'000'000;
/// Maximum number of entries in a flow collection ("[...]", "{...}"), which yaml-cpp holds in memory until it
/// ends.
inline constexpr std::size_t max_flow_entries = 1'000'000;

/// One YAML document, read from `text`, which must outlive it. `file` is the name for messages.
///
/// Throws ConfigError: "yaml.syntax", and for valid YAML that cluster.yaml does not allow: "yaml.encoding"
/// (not UTF-8, or control characters), "yaml.empty", "yaml.several_documents", "yaml.too_large",
/// "yaml.too_deep", "yaml.too_many_aliases", "yaml.tag", "yaml.directive".
class Document {
 public:
  Document(std::string_view text, const std::string& file);
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;
  Document(Document&&) = delete;
  Document& operator=(Document&&) = delete;
  ~Document() = default;

  const Element& root() const noexcept { return root_; }

 private:
  std::pmr::monotonic_buffer_resource memory_;
  std::string rewritten_;  // the text, if it had to be changed
  Element root_;
};

}  // namespace krgboot::yaml
