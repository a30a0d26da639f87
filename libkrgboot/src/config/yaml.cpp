#include "config/yaml.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>
#include <istream>
#include <streambuf>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "config/yaml_text.hpp"

namespace krgboot::yaml {

namespace {

[[noreturn]] void fail(std::string code, std::string message, std::string hint, Location where) {
  throw ConfigError(Diagnostics{
      {Severity::error, std::move(code), std::move(message), std::move(hint), "", std::move(where)}});
}

/// Converts yaml-cpp's marks, which count bytes from 0, into positions, which count characters from 1.
class Positions {
 public:
  explicit Positions(std::string_view text)
      : text_(text), ascii_(std::all_of(text.begin(), text.end(), is_ascii)) {}

  Position operator()(const YAML::Mark& mark) {
    if (mark.is_null()) return {};
    auto line = static_cast<std::uint32_t>(mark.line) + 1;
    auto column = static_cast<std::uint32_t>(mark.column) + 1;
    return {line, ascii_ ? column : column - continuation_bytes(mark)};
  }

 private:
  static bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

  // Marks mostly come in ascending order, so counting continues from the last mark. This keeps it fast if the
  // whole file is a single line.
  std::uint32_t continuation_bytes(const YAML::Mark& mark) {
    auto end = std::min(static_cast<std::size_t>(mark.pos), text_.size());
    auto begin = end - std::min(static_cast<std::size_t>(mark.column), end);
    if (begin != line_begin_ || end < counted_to_) {
      line_begin_ = begin;
      counted_to_ = begin;
      count_ = 0;
    }
    for (; counted_to_ < end; ++counted_to_) {
      if ((static_cast<unsigned char>(text_[counted_to_]) & 0xc0U) == 0x80U) ++count_;
    }
    return count_;
  }

  std::string_view text_;
  bool ascii_;
  std::size_t line_begin_ = 0;
  std::size_t counted_to_ = 0;
  std::uint32_t count_ = 0;
};

/// Passes a text to yaml-cpp, and counts the entries of flow collections that yaml-cpp has read since its
/// last event.
///
/// A comment is appended to the text. If a closing quote is missing, yaml-cpp accepts a newline at the end of
/// the text as the quote and everything before it as the value. It detects the missing quote if the last line
/// is not empty.
class MeteredText : public std::streambuf {
 public:
  explicit MeteredText(std::string_view text) {
    // yaml-cpp reads the first bytes one by one and puts them back, which needs a get area. It reads all
    // other bytes with xsgetn.
    auto size = text.copy(head_.data(), head_.size());
    setg(head_.data(), head_.data(), head_.data() + size);
    rest_ = text.substr(size);
    if (text.empty() || text.back() == '\n') tail_.remove_prefix(1);
  }

  void event_seen() noexcept { entries_ = 0; }
  /// Was the text cut off because a flow collection has too many entries?
  bool is_cut_off() const noexcept { return cut_off_; }

 protected:
  std::streamsize xsgetn(char* buffer, std::streamsize size) override {
    cut_off_ = cut_off_ || entries_ > max_flow_entries;
    if (cut_off_) return 0;
    auto taken = std::streambuf::xsgetn(buffer, size);
    for (auto* source : {&rest_, &tail_}) {
      auto more = source->copy(buffer + taken, static_cast<std::size_t>(size - taken));
      source->remove_prefix(more);
      taken += static_cast<std::streamsize>(more);
    }
    entries_ += static_cast<std::size_t>(
        std::count_if(buffer, buffer + taken, [](char c) { return c == ',' || c == '[' || c == '{'; }));
    return taken;
  }

 private:
  std::array<char, 16> head_{};
  std::string_view rest_;
  std::string_view tail_ = "\n#";
  std::size_t entries_ = 0;
  bool cut_off_ = false;
};

std::string syntax_hint(std::string_view message, std::string_view text, const YAML::Mark& mark) {
  if (!mark.is_null()) {
    auto position = std::min(static_cast<std::size_t>(mark.pos), text.size());
    auto line_begin = position - std::min(static_cast<std::size_t>(mark.column), position);
    auto line = text.substr(line_begin, text.find('\n', line_begin) - line_begin);
    if (line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string_view::npos) {
      return "YAML indents with blanks, not with tabs";
    }
  }
  if (message == YAML::ErrorMsg::MAP_VALUE) return "quote a value that holds \": \"";
  if (message == YAML::ErrorMsg::UNKNOWN_TOKEN) return "quote a value that begins with this character";
  if (message == YAML::ErrorMsg::END_OF_MAP || message == YAML::ErrorMsg::END_OF_SEQ) {
    return "check the indentation from here upwards, and that every key ends in \": \"";
  }
  if (message == YAML::ErrorMsg::END_OF_MAP_FLOW) return "is there a \",\" or \"}\" missing?";
  if (message == YAML::ErrorMsg::END_OF_SEQ_FLOW) return "is there a \",\" or \"]\" missing?";
  return "";
}

}  // namespace

std::string_view Element::text() const noexcept {
  if (kind_ != Kind::scalar && kind_ != Kind::null) return {};
  return {static_cast<const char*>(data_), size_};
}

std::span<const Element> Element::children() const noexcept {
  if (kind_ != Kind::sequence && kind_ != Kind::mapping) return {};
  return {static_cast<const Element*>(data_), size_};
}

/// Builds the tree from yaml-cpp's events. The children of a collection are gathered on a stack and moved
/// into the arena together when the collection ends.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, std::string file, MeteredText& source, std::pmr::memory_resource& memory)
      : text_(text), file_(std::move(file)), source_(source), memory_(memory), positions_(text) {}

  Element root() const { return pending_.empty() ? Element() : pending_.front(); }
  Location where(const YAML::Mark& mark) { return {file_, positions_(mark)}; }
  const YAML::Mark& last_mark() const noexcept { return last_mark_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) {
      fail("yaml.several_documents", "a second YAML document begins here", "keep to one document a file",
           where(mark));
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Element element = new_element(mark, Kind::null);
    auto written = written_null(mark);
    element.data_ = written.data();
    element.size_ = static_cast<std::uint32_t>(written.size());
    // For an empty value the mark is that of the next token, which may be lines further down.
    if (written.empty() && is_value_next()) {
      element.at_ = pending_.back().at_;
    } else if (written.empty() && !open_.empty() && open_.back().is_block_sequence) {
      element.at_ = dash_before(mark);
    }
    add(element, anchor, 1);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    source_.event_seen();
    if (anchor >= anchors_.size() || !anchors_[anchor].complete) {
      fail("yaml.syntax", "an alias stands inside of what it is an alias for", "", where(mark));
    }
    aliased_ += anchors_[anchor].elements;
    if (aliased_ > max_aliased_elements) {
      fail("yaml.too_many_aliases",
           fmt::format("the aliases stand for more than {} elements", max_aliased_elements), "", where(mark));
    }
    Element element = anchors_[anchor].element;
    element.at_ = positions_(mark);
    add(element, 0, anchors_[anchor].elements);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(tag, mark);
    Element element = new_element(mark, Kind::scalar);
    element.plain_ = tag == "?";
    element.data_ = keep(value, mark);
    element.size_ = static_cast<std::uint32_t>(value.size());
    add(element, anchor, 1);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(mark, tag, anchor, Kind::sequence);
    open_.back().is_block_sequence = style == YAML::EmitterStyle::Block;
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Kind::mapping);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Element element;
    YAML::anchor_t anchor;
    std::size_t first_child;  // in pending_
    std::size_t elements;     // with aliases expanded
    bool is_block_sequence;
  };
  struct Anchor {
    Element element;
    std::size_t elements = 0;
    bool complete = false;
  };

  Element new_element(const YAML::Mark& mark, Kind kind) {
    source_.event_seen();
    last_mark_ = mark;
    Element element;
    element.kind_ = kind;
    element.at_ = positions_(mark);
    return element;
  }

  void add(const Element& element, YAML::anchor_t anchor, std::size_t elements) {
    if (anchor != 0) {
      if (anchors_.size() <= anchor) anchors_.resize(anchor + 1);
      anchors_[anchor] = {element, elements, true};
    }
    if (!open_.empty()) open_.back().elements += elements;
    pending_.push_back(element);
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Kind kind) {
    refuse_tag(tag, mark);
    if (open_.size() == max_depth) {
      fail("yaml.too_deep", fmt::format("lists and mappings are nested more than {} deep", max_depth), "",
           where(mark));
    }
    open_.push_back({new_element(mark, kind), anchor, pending_.size(), 1, false});
  }

  void close() {
    source_.event_seen();
    auto [element, anchor, first_child, elements, is_block_sequence] = open_.back();
    open_.pop_back();
    auto size = pending_.size() - first_child;
    if (size > 0) {
      auto* children = static_cast<Element*>(memory_.allocate(size * sizeof(Element), alignof(Element)));
      std::uninitialized_copy_n(pending_.data() + first_child, size, children);
      element.data_ = children;
      element.size_ = static_cast<std::uint32_t>(size);
      pending_.resize(first_child);
    }
    add(element, anchor, elements);
  }

  bool is_value_next() const {
    return !open_.empty() && open_.back().element.kind_ == Kind::mapping &&
           (pending_.size() - open_.back().first_child) % 2 == 1;
  }

  // Position of the "-" of an empty element, found from the mark of the token after it.
  Position dash_before(const YAML::Mark& mark) {
    auto before = text_.substr(0, static_cast<std::size_t>(std::max(mark.pos, 0)));
    auto dash = before.rfind('-');
    if (dash == std::string_view::npos) return positions_(mark);
    auto line_begin = before.rfind('\n', dash) + 1;  // npos + 1 is 0
    YAML::Mark at;
    at.pos = static_cast<int>(dash);
    at.line = mark.line - static_cast<int>(std::count(before.begin() + static_cast<std::ptrdiff_t>(dash),
                                                      before.end(), '\n'));
    at.column = static_cast<int>(dash - line_begin);
    return positions_(at);
  }

  std::string_view written_null(const YAML::Mark& mark) const {
    auto rest = text_.substr(std::min(static_cast<std::size_t>(std::max(mark.pos, 0)), text_.size()));
    for (std::string_view word : {"~", "null", "Null", "NULL"}) {
      if (rest.substr(0, word.size()) == word) return rest.substr(0, word.size());
    }
    return rest.substr(0, 0);
  }

  // Most texts occur unchanged in the source, at the mark or after a quote. The others are copied into the
  // arena.
  const char* keep(const std::string& value, const YAML::Mark& mark) {
    auto begin = static_cast<std::size_t>(std::max(mark.pos, 0));
    for (auto at : {begin, begin + 1}) {
      if (at <= text_.size() && text_.substr(at, value.size()) == value) return text_.data() + at;
    }
    auto* copy = static_cast<char*>(memory_.allocate(value.size(), 1));
    value.copy(copy, value.size());
    return copy;
  }

  void refuse_tag(const std::string& tag, const YAML::Mark& mark) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    constexpr std::string_view standard = "tag:yaml.org,2002:";
    bool is_standard = std::string_view(tag).substr(0, standard.size()) == standard;
    auto written = is_standard ? "!!" + tag.substr(standard.size()) : tag;
    fail("yaml.tag", fmt::format("the tag {} has no meaning here", in_quotes(written)), "remove it",
         where(mark));
  }

  std::string_view text_;
  std::string file_;
  MeteredText& source_;
  std::pmr::memory_resource& memory_;
  Positions positions_;
  YAML::Mark last_mark_;
  int documents_ = 0;
  std::vector<Open> open_;
  std::vector<Element> pending_;
  std::vector<Anchor> anchors_;  // by yaml-cpp's number
  std::size_t aliased_ = 0;
};

Document::Document(std::string_view text, const std::string& file) {
  if (auto error = check_text(text)) {
    error->where.file = file;
    throw ConfigError(Diagnostics{*std::move(error)});
  }
  text = without_byte_order_mark(text);
  if (auto joined = join_json_surrogates(text)) {
    rewritten_ = *std::move(joined);
    text = rewritten_;
  }

  MeteredText source(text);
  std::istream stream(&source);
  TreeBuilder builder(text, file, source, memory_);
  auto refuse_flow = [&] {
    if (!source.is_cut_off()) return;
    fail("yaml.too_large",
         fmt::format("a list in brackets or a mapping in braces has more than {} entries", max_flow_entries),
         "write long lists with \"- \", an entry a line", builder.where(builder.last_mark()));
  };
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    refuse_flow();
  } catch (const YAML::Exception& error) {
    refuse_flow();
    auto hint = error.msg == YAML::ErrorMsg::EOF_IN_SCALAR
                    ? fmt::format("is there a closing quote missing, from line {} on?",
                                  builder.where(builder.last_mark()).position.line)
                    : syntax_hint(error.msg, text, error.mark);
    auto message = in_quotes(error.msg);  // it may contain a part of the text
    fail("yaml.syntax", message.substr(1, message.size() - 2), std::move(hint), builder.where(error.mark));
  }
  root_ = builder.root();
  if (root_.kind() == Kind::null) {
    fail("yaml.empty", "there is nothing in it", "", {file, root_.at()});
  }
}

}  // namespace krgboot::yaml
