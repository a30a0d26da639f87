#include "krgboot/formats/tftp/dnsmasq/conf.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace krgboot::dnsmasq {

namespace {

/// A line without its comment, quotes and escapes.
std::string plain(std::string_view line) {
  std::string text;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (c == '"') {
      quoted = !quoted;
      continue;
    }
    auto after_blank = i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t';
    if (c == '#' && !quoted && after_blank) break;
    if (c == '\\' && quoted && i + 1 < line.size()) {
      constexpr std::string_view letters = "\"tnebr\\";
      constexpr std::string_view meant = "\"\t\n\x1b\b\r\\";
      if (auto at = letters.find(line[i + 1]); at != std::string_view::npos) {
        text += meant[at];
        ++i;
        continue;
      }
    }
    text += c;
  }
  return std::string(trim(text));
}

/// Does dnsmasq read a file of this name in a directory? `suffixes`: those of conf-dir=DIR,suffix,...; a
/// suffix "*x" includes files, any other suffix excludes files.
bool is_read(std::string_view name, const std::vector<std::string_view>& suffixes) {
  if (name.empty() || name.front() == '.' || name.back() == '~' ||
      (name.front() == '#' && name.back() == '#'))
    return false;
  bool any_wanted = false;
  bool wanted = false;
  for (auto suffix : suffixes) {
    if (suffix.starts_with('*')) {
      any_wanted = true;
      wanted = wanted || name.ends_with(suffix.substr(1));
    } else if (!suffix.empty() && name.ends_with(suffix)) {
      return false;
    }
  }
  return wanted || !any_wanted;
}

class Reader {
 public:
  explicit Reader(const Files& files) : files_(files) {}

  void file(const std::string& path) {
    constexpr std::size_t most_files = 1000;
    if (paths.size() >= most_files || !seen_.insert(path).second) return;
    auto text = files_.read(path);
    if (!text) return;
    paths.push_back(path);
    for (auto& option : parse(*text, path)) {
      if (option.name == "conf-file") {
        file(option.value);
      } else if (option.name == "conf-dir") {
        directory(option.value);
      } else {
        options.push_back(std::move(option));
      }
    }
  }

  /// "DIR[,SUFFIX...]"
  void directory(const std::string& text) {
    auto words = split(text, ',');
    std::string path(trim(words.front()));
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    auto names = files_.list(path);
    std::sort(names.begin(), names.end());
    words.erase(words.begin());
    for (const auto& name : names) {
      if (is_read(name, words)) file(fmt::format("{}/{}", path, name));
    }
  }

  std::vector<Option> options;
  std::vector<std::string> paths;

 private:
  const Files& files_;
  std::set<std::string> seen_;
};

// As in CONFIG_DIR of Debian's /etc/default/dnsmasq.
constexpr std::string_view debian_suffixes = ",.dpkg-dist,.dpkg-old,.dpkg-new";

Reader read(const std::string& file, const std::string& directory, const Files& files) {
  Reader reader(files);
  reader.file(file);
  reader.directory(directory + std::string(debian_suffixes));
  return reader;
}

}  // namespace

std::vector<Option> parse(std::string_view text, const std::string& file) {
  std::vector<Option> options;
  std::uint32_t number = 0;
  for (auto line : split_lines(text)) {
    ++number;
    auto words = plain(line.substr(0, line.find('\n')));
    if (words.empty()) continue;
    auto equals = std::min(words.find('='), words.size());
    std::string_view all = words;
    options.push_back({std::string(trim(all.substr(0, equals))),
                       std::string(trim(all.substr(std::min(equals + 1, all.size())))),
                       {file, {number, 1}}});
  }
  return options;
}

std::vector<Option> read_all(const std::string& file, const std::string& directory, const Files& files) {
  return read(file, directory, files).options;
}

std::vector<std::string> paths_of(const std::string& file, const std::string& directory, const Files& files) {
  return read(file, directory, files).paths;
}

std::string render_tftp(std::string_view tftp_root) {
  return fmt::format(
      "# Written by krgboot from cluster.yaml: server.tftp, server.tftp_root; do not edit: it is "
      "overwritten.\n"
      "# No DNS: this dnsmasq serves TFTP alone.\n"
      "port=0\n"
      "enable-tftp\n"
      "tftp-root={}\n",
      tftp_root);
}

}  // namespace krgboot::dnsmasq
