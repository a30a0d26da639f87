// krgboot's manifest, which it reads as root: any content is parsed or refused.
#include "krgboot/base/error.hpp"
#include "krgboot/plan/manifest.hpp"

#include <algorithm>
#include <string>
#include <tuple>

#include "fuzz.hpp"

using namespace krgboot;
using fuzz::require;

namespace {

constexpr Role roles[] = {Role::dhcp,   Role::tftp,       Role::exports,    Role::loader,   Role::boot_file,
                          Role::kernel, Role::mount_unit, Role::image_file, Role::directory};

bool is_climbing(std::string_view path) {
  return path.find("/../") != std::string_view::npos || path.find("//") != std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  for (auto role : roles) {
    if (is_own_name(role, text))
      require(text.front() == '/' && !is_climbing(text), "own names are plain paths");
  }
  auto manifest = fuzz::unless<ConflictError>([&] { return parse_manifest(text); });
  if (!manifest) return 0;
  require(parse_manifest(to_string(*manifest)) == *manifest, "a manifest reads back as the same");
  require(std::is_sorted(manifest->entries.begin(), manifest->entries.end(),
                         [](const Owned& a, const Owned& b) {
                           return std::tie(a.path, a.scope) < std::tie(b.path, b.scope);
                         }),
          "its entries are in order");
  for (const auto& owned : manifest->entries) {
    require(owned.path.front() == '/' && !is_climbing(owned.path), "no entry leads elsewhere");
    const auto* found = manifest->find(owned.path, owned.scope);
    require(found != nullptr && found->path == owned.path, "an entry is found by its path");
    if (owned.kind != Owned::Kind::edit) continue;
    auto edit = fuzz::unless<ConflictError>([&] { return edit_of(owned); });
    if (!edit) continue;
    try {
      (void)revert_edit(*edit, "a text\n");
    } catch (const ConflictError&) {
    } catch (const ConfigError&) {
    } catch (const ArgumentError&) {
    }
  }
  return 0;
}
