#pragma once

#include "krgboot/base/error.hpp"

#include <string>

/// What a call threw, for a test to look at; an error of any other class passes through and fails the test.
struct Thrown {
  std::string code = "(nothing thrown)";
  std::string subject;
  std::string message;
};

template <class ErrorClass = krgboot::ArgumentError, class Call>
Thrown error_of(Call call) {
  try {
    (void)call();
  } catch (const ErrorClass& error) {
    return {error.code(), error.subject(), error.what()};
  }
  return {};
}
