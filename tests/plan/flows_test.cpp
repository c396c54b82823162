// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/core/scalar.hpp>
#include <trimtab/plan/flows.hpp>

#include "support/random.hpp"
#include <type_traits>

namespace {

using namespace trimtab;

constexpr asset_id eth{1}, usdc{2}, dai{3};
static_assert(std::is_trivially_copyable_v<flows>);

plan_detail::wallet of_two() {
  plan_detail::wallet w;
  w.books.token_count = 2;
  w.books.tokens = {eth, usdc};
  return w;
}

TEST(Flows, TheWalletIsWhatWasGivenLessWhatWasTaken) {
  auto w = of_two();
  EXPECT_EQ(w.put(0, party::collateral, units{100}), errc::ok);
  EXPECT_EQ(w.take(0, party::venues, units{70}), errc::ok);
  EXPECT_EQ(w.put(1, party::venues, units{9}), errc::ok);
  EXPECT_EQ(w.held[0], units{30});
  EXPECT_FALSE(w.books.conserved()) << "30 and 9 are still held";
  EXPECT_EQ(w.take(1, party::debt, units{10}), errc::insufficient_balance);
  EXPECT_EQ(w.held[1], units{9}) << "nothing was taken";
  EXPECT_EQ(w.books.of(usdc, party::debt).taken, units{});
  EXPECT_EQ(w.take(1, party::debt, units{9}), errc::ok);
  EXPECT_EQ(w.take(0, party::owner, units{30}), errc::ok);
  EXPECT_TRUE(w.books.conserved());
  EXPECT_EQ(w.books.gained(eth, party::owner), units{30});
  EXPECT_EQ(w.books.gained(eth, party::collateral), units{}) << "it gave";
  EXPECT_EQ(w.books.of(eth, party::collateral).given, units{100});
  EXPECT_EQ(w.books.of(dai, party::owner).taken, units{});
}

TEST(Flows, NothingOverflowsSilently) {
  auto w = of_two();
  const units most = units::from_words(~std::uint64_t{0}, ~std::uint64_t{0});
  EXPECT_EQ(w.put(0, party::owner, most), errc::ok);
  EXPECT_EQ(w.put(0, party::owner, units{1}), errc::overflow);
  EXPECT_EQ(w.take(0, party::owner, most), errc::ok);
  EXPECT_EQ(w.put(0, party::owner, most), errc::overflow) << "the books are full, though the wallet is not";
  flows f;
  f.token_count = 1;
  f.moved[0][0].given = f.moved[0][1].given = most;
  EXPECT_FALSE(f.conserved()) << "sums beyond 128 bits";
}

TEST(Flows, RandomBooksBalanceExactlyWhenTheWalletIsEmpty) {
  test::random_numbers draw(5);
  for (int i = 0; i < 2000; ++i) {
    auto w = of_two();
    for (int k = 0; k < 20; ++k) {
      const std::size_t t = draw.below(2);
      const auto with = static_cast<party>(draw.below(party_count));
      const units amount = units::from_words(draw.below(1000), draw.bits());
      (void)(draw.below(2) == 0 ? w.put(t, with, amount) : w.take(t, with, amount));
    }
    ASSERT_EQ(w.books.conserved(), w.held[0] == units{} && w.held[1] == units{});
    for (const std::size_t t : {0U, 1U}) (void)w.take(t, party::owner, w.held[t]);
    ASSERT_TRUE(w.books.conserved());
  }
}

TEST(Flows, ALimitFitsWhatWasRoundedUpToIt) {
  EXPECT_TRUE(plan_detail::fits(*units::ceil(1.0 / 3.0, 6), 1.0 / 3.0, 6));
  EXPECT_FALSE(plan_detail::fits(*units::ceil(1.0 / 3.0, 6)->add(units{1}), 1.0 / 3.0, 6));
  EXPECT_TRUE(plan_detail::fits(units::from_words(~0ULL, ~0ULL), infinity, 18));
  EXPECT_FALSE(plan_detail::fits(units{1}, 0.0, 18));
}

}  // namespace
