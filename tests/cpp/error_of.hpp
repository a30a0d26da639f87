#pragma once

#include "krgboot/base/error.hpp"

#include <functional>
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

/// The error number that a call ends with; 0: none.
inline int error_number_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const krgboot::IoError& error) {
    return error.error_number();
  }
  return 0;
}
