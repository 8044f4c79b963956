-- Answers of DescribeStacks are held by the machine's clock: nobody serves these timers any more.
DELETE FROM timers WHERE service = 'cloudformation' AND kind = 'describe_stacks_hold';
