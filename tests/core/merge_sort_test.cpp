// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/core/merge_sort.hpp>

#include "support/random.hpp"
#include <algorithm>
#include <array>
#include <vector>

namespace trimtab {
namespace {

struct card {
  int rank = 0;
  std::size_t came = 0;
  friend bool operator==(const card&, const card&) = default;
};
constexpr auto lower = [](const card& a, const card& b) { return a.rank < b.rank; };

TEST(MergeSort, IsTheStableSortOfEveryLength) {
  test::random_numbers random(20250701);
  for (std::size_t length = 0; length < 300; ++length) {
    std::vector<card> cards(length), scratch(length);
    const auto ranks = 1 + random.below(2 * length + 1);  // few ranks: many equals
    for (std::size_t i = 0; i < length; ++i) cards[i] = {static_cast<int>(random.below(ranks)), i};
    auto expected = cards;
    std::stable_sort(expected.begin(), expected.end(), lower);
    EXPECT_TRUE(merge_sort(std::span<card>(cards), std::span<card>(scratch), lower));
    EXPECT_EQ(cards, expected) << length;
    EXPECT_TRUE(merge_sort(std::span<card>(cards), std::span<card>(scratch), lower));
    EXPECT_EQ(cards, expected) << "already in order, " << length;
    std::reverse(cards.begin(), cards.end());
    std::reverse(expected.begin(), expected.end());
    std::stable_sort(expected.begin(), expected.end(), lower);
    EXPECT_TRUE(merge_sort(std::span<card>(cards), std::span<card>(scratch), lower));
    EXPECT_EQ(cards, expected) << "from the other end, " << length;
  }
}

TEST(MergeSort, TooLittleScratchLeavesAllAsItWas) {
  std::array<card, 3> cards{card{3, 0}, {1, 1}, {2, 2}};
  const auto as_it_was = cards;
  std::array<card, 2> scratch{};
  EXPECT_FALSE(merge_sort(std::span<card>(cards), std::span<card>(scratch), lower));
  EXPECT_EQ(cards, as_it_was);
}

}  // namespace
}  // namespace trimtab
