// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/core/errc.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace trimtab {
namespace {

static_assert(std::string_view(name(errc::ok)) == "ok");
static_assert(std::string_view(name(errc::oracle_protocol)) == "oracle_protocol");
static_assert(static_cast<int>(errc::ok) == 0, "a value-initialised errc is no error");
static_assert(sizeof(errc) == 1);

constexpr int count = static_cast<int>(errc::corrupted) + 1;  // the last enumerator

TEST(Errc, EveryValueHasANameOfItsOwn) {
  std::set<std::string> names;
  for (int i = 0; i < count; ++i) {
    const std::string n = name(static_cast<errc>(i));
    EXPECT_NE(n, "unknown") << i;
    EXPECT_TRUE(names.insert(n).second) << n;
    EXPECT_EQ(n.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string::npos) << n;
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(count));
}

TEST(Errc, WhatIsNotInTheListIsUnknown) {
  EXPECT_STREQ(name(static_cast<errc>(count)), "unknown");
  EXPECT_STREQ(name(static_cast<errc>(255)), "unknown");
}

}  // namespace
}  // namespace trimtab
