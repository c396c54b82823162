// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/doubled.hpp>

#include <string>

namespace trimtab::test {

/// The digits of a whole number of any length, to twice those of a double.
inline doubled<double> doubled_of(const std::string& digits) {
  doubled<double> value{};
  for (const char c : digits) value = value * doubled<double>(10.0) + doubled<double>(c - '0');
  return value;
}

}  // namespace trimtab::test
