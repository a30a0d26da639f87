// Conversion of exports to NFS-Ganesha's configuration. The input has an address and a path on its first
// line, then the exports. Read by Ganesha's rules (quotes, blocks, the first matching client in the nearest
// export), the text must give that address the same access to that path as nfsd, and less only if a
// diagnostic says so.
#include "krgboot/formats/nfs/exports/match.hpp"
#include "krgboot/formats/nfs/exports/quote.hpp"
#include "krgboot/formats/nfs/ganesha/conf.hpp"

#include <map>
#include <string>
#include <vector>

#include "fuzz.hpp"

using namespace krgboot;
using namespace krgboot::exports;
using fuzz::require;

namespace {

/// A block with its settings and inner blocks, as used in a configuration of Ganesha.
struct Block {
  std::string name;
  std::map<std::string, std::vector<std::string>> settings;
  std::vector<Block> blocks;

  const std::string& one(const std::string& setting) const {
    auto found = settings.find(setting);
    require(found != settings.end() && found->second.size() == 1, "a setting that must be there once is");
    return found->second.front();
  }
};

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  Block block(bool inner) {
    Block result;
    for (;;) {
      skip();
      if (at_ == text_.size() || text_[at_] == '}') {
        require((at_ < text_.size()) == inner, "each brace has its other half");
        at_ += inner ? 1 : 0;
        return result;
      }
      auto name = word();
      skip();
      require(at_ < text_.size() && (text_[at_] == '{' || text_[at_] == '='),
              "a name begins a block or a setting");
      if (text_[at_++] == '{') {
        result.blocks.push_back(block(true));
        result.blocks.back().name = name;
        continue;
      }
      require(result.settings.count(name) == 0, "no setting is there twice");
      result.settings[name] = values();
    }
  }

 private:
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  std::string word() {
    auto begin = at_;
    while (at_ < text_.size() && std::string_view(" \n{}=;,'\"#").find(text_[at_]) == std::string_view::npos)
      ++at_;
    require(at_ > begin, "a word is not empty");
    return std::string(text_.substr(begin, at_ - begin));
  }
  /// Matches the longest "(\\.|[^"])*": a quote after a backslash never ends it, whatever precedes the
  /// backslash.
  std::string in_double_quotes() {
    auto begin = ++at_;
    while (at_ < text_.size() && (text_[at_] != '"' || (at_ > begin && text_[at_ - 1] == '\\'))) ++at_;
    require(at_ < text_.size(), "a quote ends");
    std::string found;
    for (auto i = begin; i < at_; ++i) {
      if (text_[i] == '\\') {
        ++i;
        require(i < at_ && (text_[i] == '"' || text_[i] == '\\'), "nothing else is escaped");
      }
      found += text_[i];
    }
    ++at_;
    return found;
  }
  std::vector<std::string> values() {
    std::vector<std::string> found;
    for (;;) {
      skip();
      require(at_ < text_.size(), "a setting ends");
      auto quote = text_[at_];
      if (quote == '\'') {
        auto end = text_.find(quote, at_ + 1);
        require(end != std::string_view::npos, "a quote ends");
        found.emplace_back(text_.substr(at_ + 1, end - at_ - 1));
        require(found.back().back() == '\\', "double quotes cannot hold it");
        at_ = end + 1;
      } else if (quote == '"') {
        found.push_back(in_double_quotes());
      } else {
        found.push_back(word());
      }
      skip();
      require(at_ < text_.size() && (text_[at_] == ',' || text_[at_] == ';'), "values end at , or ;");
      if (text_[at_++] == ';') return found;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// Does this client of Ganesha match the address? Names match nothing, because there is no resolver.
bool is_client(const std::string& word, Ipv4Address address) {
  if (word == "*") return true;
  require(word != "0.0.0.0", "nobody is everybody by mistake");
  auto slash = word.find('/');
  auto network = Ipv4Address::parse(word.substr(0, slash));
  if (!network) return false;
  auto length = slash == std::string::npos ? 32 : std::stoi(word.substr(slash + 1));
  require(length >= 1 && length <= 32, "a prefix has 1 to 32 bits");
  return ((network->bits() ^ address.bits()) >> (32 - length)) == 0;
}

/// The deciding block; nullptr if the address has no access.
const Block* decisive(const Block& conf, Ipv4Address address, const std::string& path) {
  const Block* nearest = nullptr;
  std::size_t length = 0;
  for (const auto& block : conf.blocks) {
    if (block.name != "EXPORT") continue;
    const auto& here = block.one("Path");
    auto covers = here == "/" || here == path || path.compare(0, here.size() + 1, here + "/") == 0;
    if (!covers || here.size() < length) continue;
    nearest = &block;
    length = here.size();
  }
  if (nearest == nullptr) return nullptr;
  require(nearest->one("Access_Type") == "NONE", "who is no client has no access");
  for (const auto& block : nearest->blocks) {
    if (block.name != "CLIENT") continue;
    for (const auto& word : block.settings.at("Clients")) {
      if (is_client(word, address)) return block.one("Access_Type") == "NONE" ? nullptr : &block;
    }
  }
  return nullptr;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  auto head = fuzz::take_line(text);
  auto blank = head.find(' ');
  auto address = Ipv4Address::parse(head.substr(0, blank)).value_or(Ipv4Address(0xc0a80065));
  auto path =
      normal_path(blank == std::string_view::npos ? std::string_view("/srv/nfs/a") : head.substr(blank + 1));
  if (path.empty() || path.front() != '/') return 0;

  ExportsView view({ExportsTable::parse(text, "exports")});
  auto conf = ganesha_conf(view, {Ipv4Address(0x0a140002)});
  auto read = Scanner(conf.text).block(false);
  // If an export is left out, the export above it serves its directory, unlike in nfsd.
  for (const auto& finding : conf.diagnostics) {
    if (finding.code == "ganesha.path" || finding.code == "ganesha.too_many") return 0;
  }
  const auto* client = decisive(read, address, path);
  auto verdict = view.would_allow(address, path);
  auto allowed = verdict.admission == Admission::allowed;
  if (client == nullptr) {
    require(!allowed || has_errors(conf.diagnostics),
            "who is refused is refused by nfsd, too, or it is told");
    return 0;
  }
  require(allowed, "who is admitted is admitted by nfsd, too");
  auto writes = client->one("Access_Type") == "RW";
  auto squash = client->one("Squash");
  require(!writes || !verdict.read_only, "who may write may do so with nfsd, too");
  require(squash != "No_Root_Squash" || (!verdict.root_squash && !verdict.all_squash),
          "root is root with nfsd, too");
  require(squash == "All_Squash" || !verdict.all_squash, "users are themselves with nfsd, too");
  if (has_errors(conf.diagnostics)) return 0;
  require(writes == !verdict.read_only, "the same rights");
  require(client->one("PrivilegedPort") == (verdict.entry->effective.secure() ? "true" : "false"),
          "the same ports");
  return 0;
}
