#pragma once

#include "krgboot/export.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace krgboot {

/// SHA-256 (FIPS 180-4) of bytes that come piece by piece.
class KRGBOOT_EXPORT Sha256 {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(const Sha256&) = delete;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  void add(std::string_view bytes);
  /// 64 lower-case hex digits, as sha256sum prints them; the next bytes begin a new digest.
  std::string finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Of bytes that are all there.
KRGBOOT_EXPORT std::string sha256_of(std::string_view bytes);

}  // namespace krgboot
