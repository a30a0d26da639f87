#pragma once

#include "krgboot/base/diagnostic.hpp"

#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>

/// A YAML document as a lean tree of our own: 24 bytes an element, texts where possible as they lie in the
/// source. (yaml-cpp's own tree takes a hundred times that and forgets duplicate keys.)
namespace krgboot::yaml {

enum class Kind : std::uint8_t { null, scalar, sequence, mapping };

/// An element (YAML's own word for it is node, which means a machine here); it lives as long as the Document
/// that holds it.
class Element {
 public:
  Kind kind() const noexcept { return kind_; }
  /// A scalar written without quotes (and not as a block): the only ones that YAML converts by their looks.
  bool is_plain() const noexcept { return plain_; }
  /// Where the element begins. An empty value has the position of its key.
  Position at() const noexcept { return at_; }

  /// The text of a scalar; of a null as it was written ("~", "null" or ""); "" of anything else.
  std::string_view text() const noexcept;
  /// The elements of a sequence; of a mapping its keys and values in turn; empty for anything else.
  std::span<const Element> children() const noexcept;

 private:
  friend class TreeBuilder;
  const void* data_ = nullptr;
  std::uint32_t size_ = 0;
  Position at_;
  Kind kind_ = Kind::null;
  bool plain_ = true;
};

/// Deeper nesting than this is an error; cluster.yaml itself has six levels.
inline constexpr std::size_t max_depth = 64;
/// Longer texts are an error.
inline constexpr std::size_t max_text_size = std::size_t{64} << 20U;
/// Aliases may stand for this many elements altogether: a small file must not unfold into a full memory.
inline constexpr std::size_t max_aliased_elements = 1'000'000;
/// yaml-cpp holds a flow collection ("[...]", "{...}") in memory until it ends: this many entries at most.
inline constexpr std::size_t max_flow_entries = 1'000'000;

/// One YAML document, read from `text`, which must outlive it. `file` is a name for messages.
///
/// Throws ConfigError: "yaml.syntax", and for what YAML allows but cluster.yaml does not: "yaml.encoding" (no
/// UTF-8, or control characters), "yaml.empty", "yaml.several_documents", "yaml.too_large", "yaml.too_deep",
/// "yaml.too_many_aliases", "yaml.tag", "yaml.directive".
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
  std::string rewritten_;  // the text, where it is not taken as it is
  Element root_;
};

}  // namespace krgboot::yaml
