#!/ usr / bin / perl
#Prints the rows of the table in fold.c : fold.pl> rows.They are the same from
#Unicode 14 to 15.0; a Perl with another version may have more.
use strict;
use warnings;
use Unicode::UCD 'prop_invmap';

my($starts, $maps) = prop_invmap('Simple_Case_Folding');
my @rows;
for
	my $i(0..$ #$starts)
	{
		next unless $maps->[$i];
		my $end = $i < $ #$starts ? $starts->[$i + 1] - 1 : 0x10ffff;
	for
		my $cp($starts->[$i]..$end)
		{
			my $delta = $maps->[$i] - $starts->[$i];
			my $row = $rows[-1];
			my $step = $row ? $cp - $row->{ last } : 0;
			if ($row && $row->{ delta } == $delta && $step <= 2 &&
			    (!$row->{ step } || $row->{ step } == $step)) {
				$row->{ last } = $cp;
				$row->{ step } = $step;
			} else {
				push @rows, { first = > $cp, last = > $cp,
					      delta = > $delta };
			}
		}
	}
printf "\t{ 0x%04x, 0x%04x, %d, %d },\n", @$_{'first', 'last', 'delta'},
	$_->{step} || 1 for @rows;
