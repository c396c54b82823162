# SPDX-License-Identifier: MIT
# What size_a_basket prints and refuses.
example_test(size_a_basket restores -DEXIT=0 "-DSTDOUT=concentrated.*weighted.*capped quote.*stable swap.*sell .* WETH.*health 1[.]250000000000 after.*no basket costs less.*oracle's price .* 1[.]23.*this basket.* 1[.]250000")
example_test(size_a_basket sells_one -DEXIT=0 "-DARGUMENTS=--one-collateral|--one-debt" "-DSTDOUT=sell +none WBTC.*sell +none LINK.*health 1[.]250000000000 after")
example_test(size_a_basket repays_two -DEXIT=0 "-DARGUMENTS=--target|3" "-DSTDOUT=repay +1350000[.]000000 USDC.*repay +[0-9.]+ DAI.*health 3[.]000000000000 after")
example_test(size_a_basket says_what_is_out_of_reach -DEXIT=0 "-DARGUMENTS=--ether|900" "-DSTDOUT=out of reach .depth.: the best these pools can give is 0[.]83")
example_test(size_a_basket refuses_what_is_there -DEXIT=2 "-DARGUMENTS=--target|1.1" "-DSTDERR=no trade: already_there")
example_test(size_a_basket refuses_no_price -DEXIT=2 "-DARGUMENTS=--ether|0" "-DSTDERR=must be from 1")
