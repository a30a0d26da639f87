#include "krgboot/tree/digest.hpp"

#include "krgboot/base/error.hpp"

#include <array>

#include <openssl/evp.h>

namespace krgboot {

namespace {

void expect(int result) {
  if (result != 1) throw InternalError("libcrypto has no SHA-256");
}

/// Fetched once: OpenSSL 3 would look it up for every digest.
const EVP_MD* algorithm() {
  static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return found;
}

}  // namespace

struct Sha256::Context {
  Context() : digest(EVP_MD_CTX_new()) { start(); }
  Context(const Context&) = delete;
  Context(Context&&) = delete;
  Context& operator=(const Context&) = delete;
  Context& operator=(Context&&) = delete;
  ~Context() { EVP_MD_CTX_free(digest); }

  void start() const {
    const auto* sha256 = algorithm();
    expect(digest == nullptr || sha256 == nullptr ? 0 : EVP_DigestInit_ex2(digest, sha256, nullptr));
  }

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
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(octets.size() * 2);
  for (auto octet : octets) {
    text += digits[octet >> 4U];
    text += digits[octet & 15U];
  }
  return text;
}

std::string sha256_of(std::string_view bytes) {
  static thread_local Sha256 digest;
  digest.add(bytes);
  return digest.finish();
}

}  // namespace krgboot
