#include "krgboot/image/digest.hpp"

#include "krgboot/base/error.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace krgboot {

namespace {

void expect(int result) {
  if (result != 1) throw InternalError("libcrypto has no SHA-256");
}

}  // namespace

struct Sha256::Context {
  Context() : digest(EVP_MD_CTX_new()) { start(); }
  Context(const Context&) = delete;
  Context(Context&&) = delete;
  Context& operator=(const Context&) = delete;
  Context& operator=(Context&&) = delete;
  ~Context() { EVP_MD_CTX_free(digest); }

  void start() const { expect(digest == nullptr ? 0 : EVP_DigestInit_ex(digest, EVP_sha256(), nullptr)); }

  EVP_MD_CTX* digest;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  expect(EVP_DigestUpdate(context_->digest, bytes.data(), bytes.size()));
}

std::string Sha256::finish() {
  std::array<unsigned char, 32> octets{};
  unsigned size = 0;
  expect(EVP_DigestFinal_ex(context_->digest, octets.data(), &size));
  context_->start();
  std::string text;
  text.reserve(octets.size() * 2);
  for (auto octet : octets) fmt::format_to(std::back_inserter(text), "{:02x}", octet);
  return text;
}

std::string sha256_of(std::string_view bytes) {
  Sha256 digest;
  digest.add(bytes);
  return digest.finish();
}

}  // namespace krgboot
