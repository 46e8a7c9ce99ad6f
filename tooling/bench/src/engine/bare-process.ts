// What a start of Node costs by itself on this machine.
process.on('disconnect', () => process.exit());
process.send?.('started');
