#include "krgboot/config/load.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/services/validate.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/yaml.hpp"

namespace krgboot {

namespace {

class OpenFile {
 public:
  // Without O_NONBLOCK, opening a FIFO without a writer would block.
  explicit OpenFile(const std::string& path)
      : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {
    if (descriptor_ < 0) throw IoError("open", path_, errno);
  }
  ~OpenFile() { ::close(descriptor_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  OpenFile(OpenFile&&) = delete;
  OpenFile& operator=(OpenFile&&) = delete;

  struct stat status() const {
    struct stat result {};
    if (::fstat(descriptor_, &result) != 0) throw IoError("read", path_, errno);
    return result;
  }

  /// The whole file; if it is longer than `maximum` bytes, slightly more than `maximum` bytes of it.
  std::string read(std::size_t maximum) const {
    std::string text;
    std::array<char, 1U << 16U> buffer{};
    while (text.size() <= maximum) {
      auto size = ::read(descriptor_, buffer.data(), buffer.size());
      if (size == 0) break;
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) throw IoError("read", path_, errno);
      text.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return text;
  }

 private:
  std::string path_;
  int descriptor_;
};

}  // namespace

Cluster load_cluster(std::string_view text, const std::string& file) {
  auto reading = read_spec(text, file);
  auto validation = validate(reading.spec);
  auto diagnostics = std::move(reading.diagnostics);
  bool unreadable = has_errors(diagnostics);
  for (auto& diagnostic : validation.diagnostics) {
    // The reader has already reported why the value is missing.
    if (unreadable && diagnostic.code == "spec.incomplete") continue;
    diagnostics.push_back(std::move(diagnostic));
  }
  std::stable_sort(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return a.where.position < b.where.position;
  });
  if (unreadable) throw ConfigError(diagnostics);
  if (!validation.cluster) throw ValidationError(diagnostics);
  return *std::move(validation.cluster);
}

Cluster load_cluster_file(const std::filesystem::path& path) {
  OpenFile file(path);
  auto mode = file.status().st_mode;
  if (S_ISDIR(mode)) throw IoError("read", path, EISDIR);
  if (!S_ISREG(mode)) throw IoError("read", path, ENOTSUP, "it is no regular file");
  return load_cluster(file.read(yaml::max_text_size), path);
}

}  // namespace krgboot
