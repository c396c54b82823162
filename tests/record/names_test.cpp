// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/record/names.hpp>

#include <string>
#include <type_traits>

namespace tests {
struct three {
  int first = 1;
  double second = 2.0;
  bool third = true;
};
struct other_kind {
  int first = 1;
};
struct wide {
  int f[1] = {0};
  int a = 1, b = 2, c = 3, d = 4, e = 5, g = 6, h = 7, i = 8, j = 9, k = 10, l = 11, m = 12, n = 13, o = 14, p = 15,
      q = 16, r = 17, s = 18, t = 19, u = 20, v = 21, w = 22, x = 23, y = 24, z = 25, aa = 26, ab = 27, ac = 28,
      ad = 29, ae = 30, af = 31, ag = 32, ah = 33, ai = 34, aj = 35, ak = 36, al = 37, am = 38, an = 39;
};
}  // namespace tests

template <>
inline constexpr std::string_view trimtab::record::names<tests::three> = "three:  first second  third ";
template <>
inline constexpr std::string_view trimtab::record::names<tests::other_kind> = "first";

namespace {

using namespace trimtab::record::detail;

static_assert(kind_of(trimtab::record::names<tests::other_kind>).empty());
static_assert(words_of<tests::three>.size() == 3 && words_of<tests::three>[0] == "first" &&
              words_of<tests::three>[2] == "third");
static_assert(words_of<tests::other_kind>.size() == 1);
static_assert(count_words("") == 0 && count_words("  ") == 0 && count_words("a") == 1 && count_words(" a  b ") == 2);

TEST(RecordNames, VisitsEveryFieldInOrder) {
  tests::three t;
  std::string seen;
  visit_fields<3>(t, [&](std::size_t i, auto& field) {
    seen += std::to_string(i) + ":" + std::to_string(static_cast<int>(field)) + " ";
    field = {};
  });
  EXPECT_EQ(seen, "0:1 1:2 2:1 ");
  EXPECT_EQ(t.first, 0);
  EXPECT_EQ(t.second, 0.0);
  EXPECT_FALSE(t.third);
}

TEST(RecordNames, UpToFortyFields) {
  const tests::wide w;
  std::size_t count = 0;
  visit_fields<40>(w, [&](std::size_t i, const auto& field) {
    EXPECT_EQ(i, count++);
    if constexpr (std::is_same_v<decltype(field), const int&>) {
      EXPECT_EQ(static_cast<std::size_t>(field), i);
    }
  });
  EXPECT_EQ(count, 40U);
}

}  // namespace
