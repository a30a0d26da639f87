#pragma once

#include "krgboot/export.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace krgboot {

/// SHA-256 (FIPS 180-4) of bytes that are added piece by piece.
class KRGBOOT_EXPORT Sha256 {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(const Sha256&) = delete;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  /// Appends bytes to the message.
  void add(std::string_view bytes);
  /// Returns the digest as 64 lower-case hex digits, as sha256sum(1) prints it, and begins a new message.
  std::string finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// SHA-256 of `bytes` as 64 lower-case hex digits.
KRGBOOT_EXPORT std::string sha256_of(std::string_view bytes);

}  // namespace krgboot
